import { newDelivery } from './support';

const ID = '[0-9A-F]{2}/[0-9A-F]{2}-00001-[0-9A-F]{8}';
const HEAD = `1767225607@${ID}@${ID}@${ID}`;

async function linesAfter(
  script: (remote: ReturnType<ReturnType<typeof newDelivery>['remotes']['of']>) => void,
) {
  const { clock, domains, remotes, logs } = newDelivery();
  const created = new Date(clock.millis() - 393);
  const message = { from: 'info@sender.test', to: 'bob@a.test', size: 266, binding: 'silver', created };
  await clock.advance('7s');
  domains.add('a.test', { active: [message] });
  script(remotes.of('a.test').address('198.51.100.1'));
  await clock.advance(0);
  const texts = (entries: readonly { text: string }[]) => entries.map(({ text }) => text);
  return { mainlog: texts(logs.mainlog), bouncelog: texts(logs.bouncelog), entries: logs.mainlog };
}

test('a delivery', async () => {
  const { mainlog, bouncelog } = await linesAfter((remote) => remote.accept());
  const fields = '@D@a.test@266@metals@silver@0@7.393@198.51.100.1';
  expect(mainlog).toEqual([expect.stringMatching(new RegExp(`^${HEAD}${fields}$`))]);
  expect(bouncelog).toEqual([]);
});

test('a transient failure is in both logs', async () => {
  const { mainlog, bouncelog } = await linesAfter((remote) => remote.reply(451, '4.3.0 busy', { stage: 9 }));
  const main = '@T@a.test@266@metals@silver@9@0@7.393@198.51.100.1@451 4.3.0 busy';
  const bounce = '@T@bob@a.test@info@sender.test@metals@silver@9@70@266@198.51.100.1@451 4.3.0 busy';
  expect(mainlog).toEqual([expect.stringMatching(new RegExp(`^${HEAD}${main}$`))]);
  expect(bouncelog).toEqual([expect.stringMatching(new RegExp(`^${HEAD}${bounce}$`))]);
});

test('a permanent failure is a bounce', async () => {
  const { mainlog, bouncelog, entries } = await linesAfter((remote) =>
    remote.reply(550, '5.1.1 no such user'),
  );
  const sent = 'MAIL FROM:<info@sender.test>\r\nRCPT TO:<bob@a.test>\r\n'.length;
  const main = `@P@a.test@${sent}@metals@silver@5@0@7.393@198.51.100.1@550 5.1.1 no such user`;
  const bounce = '@B@bob@a.test@info@sender.test@metals@silver@5@10@266@198.51.100.1@550 5.1.1 no such user';
  expect(mainlog).toEqual([expect.stringMatching(new RegExp(`^${HEAD}${main}$`))]);
  expect(bouncelog).toEqual([expect.stringMatching(new RegExp(`^${HEAD}${bounce}$`))]);
  expect(entries[0]).toMatchObject({
    type: 'P',
    domain: 'a.test',
    stage: 5,
    group: 'metals',
    binding: 'silver',
  });
});

test('a connection that is refused sends nothing', async () => {
  const { mainlog } = await linesAfter((remote) => remote.refuse());
  expect(mainlog[0]).toMatch(/@T@a\.test@0@metals@silver@0@0@7\.393@198\.51\.100\.1@451 4\.4\.1 /);
});

test('a message that no connection was opened for', async () => {
  const { domains, operations, logs } = newDelivery();
  domains.add('a.test', { active: 1 });
  await operations.fail({ domain: 'a.test' }, { note: '554 gone' });
  expect(logs.mainlog[0]!.text).toMatch(
    /@00\/00-00000-00000000@P@a\.test@0@default@default@0@0@0\.000@@554 gone$/,
  );
});

test('loggers can leave types of lines out', async () => {
  const { clock, domains, remotes, logs, engine } = newDelivery();
  engine.log.writes = (log, type) => log === 'mainlog' || type !== 'T';
  domains.add('a.test', { active: 1 });
  remotes.of('a.test').reply(550).once.reply(450);
  await clock.runAll();
  expect(logs.mainlog.map(({ type }) => type)).toEqual(['T', 'P']);
  expect(logs.bouncelog.map(({ type }) => type)).toEqual(['B']);
});
