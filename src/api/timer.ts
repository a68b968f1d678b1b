import { callerOf, LuaRaise, toDisplay, type HostCall, type LuaFunction, type LuaValue } from '../lua';
import { byteString } from '../server/bytes';
import { Timer, type TimerPlan } from '../server/timers';
import type { LuaFrame } from '../support/frames';
import { outermost } from './background';
import type { ClassDeclaration } from './classes';
import { bindObject } from './objects';
import { contextOf, type ApiImplementation, type ApiTable, type Runtime } from './runtime';
import { requireScheduler } from './os-threads';
import { text } from './values';

export const timerClass: ClassDeclaration<Timer> = { name: 'msys.timer:timer' };

/** The place that made a timer, and whether its loss has been told of. */
class Origin {
  isReported = false;

  constructor(
    readonly frames: readonly LuaFrame[],
    readonly maker: string,
  ) {}
}

/** A function that makes timers; `planOf` answers nothing for a number that is no time of its kind. */
function maker(
  name: string,
  expected: string,
  planOf: (seconds: number) => TimerPlan | undefined,
): ApiImplementation {
  return (runtime, [time, closure, label], call) => {
    const seconds = Number(time);
    const plan = Number.isFinite(seconds) ? planOf(seconds) : undefined;
    if (!plan) throw new LuaRaise(`bad argument #1 to '${name}' (${expected} expected, got ${seconds})`);
    const shown = label === undefined ? undefined : toDisplay(text(label));
    return makeTimer(runtime, shown, plan, closure as LuaFunction, new Origin(callerOf(call.L), name), call);
  };
}

function makeTimer(
  runtime: Runtime,
  name: string | undefined,
  plan: TimerPlan,
  closure: LuaFunction,
  origin: Origin,
  call: HostCall,
): Timer {
  const timer = runtime.background.timers.make(name, plan, () => fire(runtime, timer, closure, origin));
  bindObject(runtime, timerClass, timer);
  runtime.vm.attach(timer, closure);
  const context = contextOf(call);
  if (context)
    runtime.background.atEnd(outermost(context), () => {
      if (timer.isWaiting) checkHeld(runtime, timer, origin);
    });
  return timer;
}

/** Its callback is an entry of its own. A periodic timer is looked for at its 1st, 2nd, 4th, 8th … firing. */
function fire(runtime: Runtime, timer: Timer, closure: LuaFunction, origin: Origin): void {
  const isDue = (timer.firings & (timer.firings - 1)) === 0;
  if (isDue && !checkHeld(runtime, timer, origin)) return;
  runtime.background.run(() => runtime.vm.call(closure, [], { phase: 'timer' }));
}

/** Stops a timer that a collection would take, as it would; answers whether it goes on. */
function checkHeld({ vm, server }: Runtime, timer: Timer, origin: Origin): boolean {
  if (origin.isReported || vm.holds(timer)) return true;
  origin.isReported = true;
  const name = timer.name === undefined ? '' : ` '${timer.name}'`;
  const text = `nothing refers to the timer${name} that msys.timer.${origin.maker} made any more. In production the next garbage collection stops it, and its function is not called: keep it in a global variable, or in something that lasts as long.`;
  if (!server.report('DROPPED_TIMER', text, origin.frames)) return true;
  timer.stop();
  return false;
}

const MILLIS = 1000;

/** `msys.timer` and its timers (4/lua/ref-msys-timer-after, -at, -every). */
export const timer: ApiTable = {
  'msys.timer.after': maker('after', 'a number of seconds', (delta) => ({ after: delta * MILLIS })),
  'msys.timer.at': maker('at', 'seconds since 1970', (time) => ({ at: time * MILLIS })),
  'msys.timer.every': maker('every', 'a positive number of seconds', (interval) =>
    interval > 0 ? { every: interval * MILLIS } : undefined,
  ),

  'timer:name': (_runtime, [self]): LuaValue => {
    const { name } = self as Timer;
    return name === undefined ? undefined : byteString(name);
  },
  'timer:start': (_runtime, [self]) => {
    (self as Timer).start();
    return undefined;
  },
  'timer:stop': (runtime, [self], call) => {
    requireScheduler(runtime, call, 'timer:stop');
    (self as Timer).stop();
    return undefined;
  },
};
