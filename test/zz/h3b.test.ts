import { callout, CALLOUTS, MAIL } from '../conformance/life/mail';
import { withModule } from '../conformance/life/start';
test.each(['vctx:get(core.VCTX_CONN, "k")','vctx:set_code(250, "ok")','vctx:disconnect(421, "bye")'].flatMap((lua) => Object.keys(CALLOUTS).slice(0, 9).map((k) => [k, lua] as const)))('%s %s', async (k, lua) => {
  const mta = await withModule(callout(k, lua));
  const s = await mta.smtp.send(MAIL);
  console.log(k, lua, s.code, s.text, s.disconnected);
}, 3000);
