import { MessageContent } from '../../src/mail/content';

const message = (raw: string): MessageContent => new MessageContent(Buffer.from(raw, 'latin1'));
const rawOf = (content: MessageContent): string => content.raw.toString('latin1');

describe('where the body begins', () => {
  test.each([
    ['A: 1\r\n\r\nbody', 'A: 1\r\n', 'body'],
    ['A: 1\n\nbody', 'A: 1\n', 'body'],
    ['A: 1\r\n\r\n', 'A: 1\r\n', ''],
    ['A: 1\r\n', 'A: 1\r\n', ''],
    ['A: 1', 'A: 1', ''],
    ['\r\nbody', '', 'body'],
    ['\n\nbody', '', '\nbody'],
    ['', '', ''],
    ['just text\r\n\r\nand more', '', 'just text\r\n\r\nand more'],
    ['just text', '', 'just text'],
    ['A: 1\r\njust text', 'A: 1\r\njust text', ''],
    ['A: 1\r\n \r\n\r\nbody', 'A: 1\r\n \r\n', 'body'],
    ['A: 1\r\n\r', 'A: 1\r\n\r', ''],
  ])('%j', (raw, block, body) => {
    const content = message(raw);
    expect(content.headers.block.toString('latin1')).toBe(block);
    expect(content.body.toString('latin1')).toBe(body);
    expect(content.bodyOffset).toBe(raw.length - body.length);
    expect(rawOf(content)).toBe(raw);
    expect(content.size).toBe(raw.length);
  });
});

describe('changing it', () => {
  test.each([
    ['A: 1\r\n\r\nold', 'A: 1\r\n\r\nnew'],
    ['A: 1\n\nold', 'A: 1\n\nnew'],
    ['A: 1', 'A: 1\r\n\r\nnew'],
    ['old', '\r\nnew'],
    ['', '\r\nnew'],
  ])('the body of %j', (raw, changed) => {
    const content = message(raw);
    content.body = Buffer.from('new');
    expect(rawOf(content)).toBe(changed);
    expect(content.size).toBe(changed.length);
  });

  test.each([
    ['', 'A: 1\r\n'],
    ['body', 'A: 1\r\n\r\nbody'],
    ['no header\r\n\r\nbody', 'A: 1\r\n\r\nno header\r\n\r\nbody'],
    ['\r\nbody', 'A: 1\r\n\r\nbody'],
  ])('the first header of %j', (raw, changed) => {
    const content = message(raw);
    content.headers.set('A', ['1']);
    expect(rawOf(content)).toBe(changed);
    expect(content.headers.get('A')).toEqual(['1']);
  });

  test('the last header: the body stays the body', () => {
    const content = message('garbage\r\nA: 1\r\n\r\nbody');
    content.headers.remove('A');
    expect(rawOf(content)).toBe('garbage\r\n\r\nbody');
    expect(content.body.toString()).toBe('body');
    expect(content.copy().body.toString()).toBe('body');
  });

  test('all bytes anew: the headers are theirs', () => {
    const content = message('A: 1\r\n\r\nbody');
    expect(content.headers.get('A')).toEqual(['1']);
    content.raw = Buffer.from('A: 2\r\n\r\nother');
    expect(content.headers.get('A')).toEqual(['2']);
    expect(content.body.toString()).toBe('other');
  });

  test('every change, and no reading, is a new revision', () => {
    const content = message('A: 1\r\n\r\nbody');
    const revisions = [
      (): unknown => content.headers.get('A'),
      (): void => content.headers.set('A', ['2']),
      (): unknown => content.raw,
      (): void => void (content.body = Buffer.from('x')),
      (): void => void (content.raw = Buffer.from('A: 3\r\n')),
      (): unknown => content.headers.remove('B'),
    ].map((act) => {
      act();
      return content.revision;
    });
    expect(revisions).toEqual([0, 1, 1, 2, 3, 3]);
  });

  test('a copy and its original do not see the changes of each other', () => {
    const content = message('A: 1\r\n\r\nbody');
    content.headers.set('B', ['2'], 'append');
    const copy = content.copy();
    copy.headers.set('A', ['copy']);
    content.body = Buffer.from('original');
    expect(rawOf(copy)).toBe('B: 2\r\nA: copy\r\n\r\nbody');
    expect(rawOf(content)).toBe('A: 1\r\nB: 2\r\n\r\noriginal');
  });

  test('what it was made of may change afterwards', () => {
    const raw = Buffer.from('A: 1\r\n\r\n');
    const content = new MessageContent(raw);
    raw.fill(0);
    expect(content.headers.get('A')).toEqual(['1']);
  });

  test('the headers of a large message are edited without a look at its body', () => {
    const content = new MessageContent(
      Buffer.concat([Buffer.from('A: 1\r\n\r\n'), Buffer.alloc(30_000_000, 'x')]),
    );
    const { body } = content;
    const toString = jest.spyOn(Buffer.prototype, 'toString');
    for (let i = 0; i < 1000; i++) content.headers.set(`X-${i}`, [String(i)], 'append');
    const longest = Math.max(...toString.mock.results.map(({ value }) => String(value).length));
    toString.mockRestore();
    expect(longest).toBeLessThan(100);
    expect(content.body).toBe(body);
    expect(content.headers.get('x-999')).toEqual(['999']);
    expect(content.size).toBe(content.raw.length);
  });
});
