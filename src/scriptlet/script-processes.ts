/** Processes as scripts see them: the test's answers, and the rules about commands without one and about ending. */
import { toDisplay, type LuaProcesses, type ProcessCaller, type ProcessOutcome } from '../lua';
import type { Processes } from '../server/processes';
import type { ServerState } from '../server/server';
import { MomentumCrash, StrictViolation } from '../support/errors';
import type { LuaFrame } from '../support/frames';

/** How a shell ends that does not find the command. */
const COMMAND_NOT_FOUND = { status: 127, stdout: Buffer.alloc(0) };

export class ScriptProcesses implements LuaProcesses {
  constructor(
    private readonly server: ServerState,
    private readonly processes: Processes,
  ) {}

  run(command: string, caller: ProcessCaller, frames: () => LuaFrame[]): ProcessOutcome {
    const shown = toDisplay(command);
    const { answer, input } = this.processes.run(shown, caller);
    if (!answer) this.reportUnexpected(shown, caller, frames());
    return { ...(answer ?? COMMAND_NOT_FOUND), input };
  }

  private reportUnexpected(command: string, caller: ProcessCaller, frames: LuaFrame[]): void {
    const quoted = JSON.stringify(command);
    const text = `${caller}(${quoted}): no process is ever started here, and in production the server's thread waits for it. Say how it ends: mta.processes.on(${quoted}, { status: 0, stdout: '' }), or option processes for what runs while scripts are loaded.`;
    if (this.server.report('UNEXPECTED_PROCESS', text, frames))
      throw new StrictViolation('UNEXPECTED_PROCESS', text, frames);
  }

  exit(status: number, frames: () => LuaFrame[]): void {
    const at = frames();
    const text = `os.exit(${status}) ends the whole server process, with all connections and messages in it.`;
    if (this.server.report('PROCESS_EXIT', text, at)) throw new MomentumCrash('PROCESS_EXIT', text, at);
  }
}
