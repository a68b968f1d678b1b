import { readFileSync } from 'node:fs';
import { Momentum } from '../../src';
const TABLE = JSON.parse(readFileSync('test/conformance/rows/life-hooks.json', 'utf8')) as { id: string, keys: Record<string, number> }[];
const keys = TABLE.filter(({ id }) => !/^life-7\.5/.test(id)).flatMap((r) => Object.keys(r.keys));
const source = `
  local mod = {}
  local types = function(...) local t = {} for i = 1, select("#", ...) do t[i] = msys.type((select(i, ...))):gsub("msys.core:_","") end return table.concat(t, ",") end
  for _, key in ipairs({ ${keys.map((k) => `"${k}"`).join(',')} }) do
    mod[key] = function(self, ...) print(key .. "(" .. types(...) .. ")") if key == "core_pre_esmtp_auth" then return -1 end return nil end
  end
  mod.core_mailq_insert_active = function(self, ...) print("core_mailq_insert_active" .. types(...)) return 1 end
  mod.core_mail_queue_insert_active = function(self, ...) print("core_mail_queue_insert_active" .. types(...)) return 1 end
  msys.registerModule('m', mod)`;
const said = (mta: Momentum) => { const all = mta.paniclog.map((e) => e.message); const out = all.slice(seen); seen = all.length; return out; };
let seen = 0;
test('x', async () => {
  const mta = await Momentum.start({ files: {'/etc/pw': 'alice:secret\n'}, config: { text: `alerting {} scriptlet "scriptlet" {} ec_logger "e" {} bounce_logger "b" {} delay_dsn "d" {}
  ESMTP_Listener { SMTP_Extensions = ( "8BITMIME" "ENHANCEDSTATUSCODES" "STARTTLS" "AUTH LOGIN" ) AuthLoginParameters = [ uri = "file:///etc/pw" ] TLS_Certificate = "/x" TLS_Key = "/x" Relay_Hosts = ("0.0.0.0/0") Listen ":25" {} } retry_interval=100` }, modules: [{ name: 'm', source }] });
  const sent = await mta.smtp.send({ from: 'a@x.test', to: ['b@y.test', 'c@z.test'], data: 'Subject: x\r\n\r\nhello', tls: true, auth: { user: 'alice', password: 'secret' } });
  console.log(sent.code, sent.text, sent.transcript.join('\n'), '\n', said(mta).join('\n'));
  mta.remote('y.test').accept(); mta.remote('x.test').accept();
  mta.remote('z.test').reply(550, 'gone').once.reply(450, 'busy').once.refuse();
  await mta.clock.advance('1h');
  console.log(said(mta).join('\n'), mta.mainlog.map((l) => l.text).join('\n'));
  const s = mta.smtp.session(); await s.ehlo(); await s.mail('a@x.test'); await s.disconnect();
  console.log(said(mta).join('\n'));
  await mta.inject({ from: 'a@x.test', to: 'b@y.test', data: 'Subject: x\n\nhello' });
  console.log(said(mta).join('\n'));
  console.log([...mta.diagnostics].map((d) => d.code + d.message));
});
