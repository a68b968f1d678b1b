import { rejectionFields, rejectionLine } from '../../../src/server/reception/rejection-line';
import { ValidationContext } from '../../../src/server/reception/validation-context';

const line = (vctx: ValidationContext, order: 'insertion' | 'sorted' = 'insertion', text = 'no') =>
  rejectionLine(
    7,
    rejectionFields(
      {
        session: undefined,
        vctx,
        message: undefined,
        pathway: 'p',
        pathwayGroup: 'g',
        rejection: { code: 550, text, state: 'BODY' },
      },
      order,
    ),
  );

test('what nobody brought', () => {
  expect(line(new ValidationContext())).toBe(
    '7: R="unknown" L="unknown" C="unknown" PATH="p" PATH_GRP="g" P="reading body" E=550 M= CTXCONN=[] CTXMESS=[] no',
  );
});

test('values with blanks or special characters are quoted', () => {
  const vctx = new ValidationContext(
    new Map([
      ['plain', 'a-b_c.d@e:/+#1'],
      ['blank', 'a b'],
      ['quote', 'say "x" \\'],
      ['lines', 'a\r\nb'],
      ['bracket', 'a]'],
      ['empty', ''],
      ['utf8', Buffer.from('ü').toString('latin1')],
      ['odd key', 'x'],
    ]),
  );
  expect(line(vctx)).toContain(
    'CTXCONN=[plain=a-b_c.d@e:/+#1,blank="a b",quote="say \\"x\\" \\\\",lines="a\\r\\nb",bracket="a]",empty=,utf8="ü","odd key"=x]',
  );
});

test('in the order in which they were set, or sorted', () => {
  const vctx = new ValidationContext(
    new Map([
      ['b', '1'],
      ['a', '2'],
    ]),
  );
  expect(line(vctx)).toContain('[b=1,a=2]');
  expect(line(vctx, 'sorted')).toContain('[a=2,b=1]');
});

test('a text of several lines is one', () => {
  expect(line(new ValidationContext(), 'insertion', 'one\ntwo\r\n three')).toMatch(/ one two three$/);
});
