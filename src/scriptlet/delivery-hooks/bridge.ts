/** Calls hooks of delivery with the arguments that C gives them. */
import { coreConstant } from '../../api/constants';
import { bindMessage, messageOf } from '../../api/delivery-objects';
import { domainRecord, mailQueue } from '../../api/domain-objects';
import { EcString } from '../../api/ec-string';
import { bindObject, ecString } from '../../api/objects';
import { bindOutput, OutputPointer } from '../../api/output-pointer';
import { TimeValue, timeValue, WritableTime, writableTime } from '../../api/timeval';
import type { LuaValue } from '../../lua';
import { byteString } from '../../server/bytes';
import type { DomainRecord } from '../../server/domain-record';
import type { QueuedMessage } from '../../server/queues';
import type { Generation } from '../generation';
import type { HookAnswer } from '../hooks';

/** What a hook is called about, for functions that are not given it. */
type Subject = QueuedMessage | undefined;

export class HookBridge {
  constructor(readonly generation: Generation) {}

  get runtime() {
    return this.generation.runtime;
  }

  get server() {
    return this.generation.server;
  }

  message(message: QueuedMessage): LuaValue {
    return bindMessage(this.runtime, message);
  }

  record(record: DomainRecord): LuaValue {
    return bindObject(this.runtime, domainRecord, record);
  }

  queue({ queue }: DomainRecord): LuaValue {
    return bindObject(this.runtime, mailQueue, queue);
  }

  time(instant: Date): LuaValue {
    return bindObject(this.runtime, timeValue, new TimeValue(instant));
  }

  writableTime(instant: Date): WritableTime {
    return bindObject(this.runtime, writableTime, new WritableTime(instant));
  }

  output(ctype: string, value: LuaValue): OutputPointer {
    return bindOutput(this.runtime, ctype, new OutputPointer(value));
  }

  buffer(text: string): EcString {
    return bindObject(this.runtime, ecString, new EcString(text));
  }

  /** `const char *text, int len` (L7). */
  counted(text: string): LuaValue[] {
    const bytes = byteString(text);
    return [bytes, bytes.length];
  }

  /** The number of a constant of `msys.core`. */
  constant(name: string): number {
    return coreConstant(this.runtime, name);
  }

  /** Calls the providers until one answers true or a number other than 0; undefined when none does. */
  run(name: string, args: readonly LuaValue[], subject?: Subject): Promise<HookAnswer | undefined> {
    return this.generation.hooks.run(name, { args, context: contextOf(subject) });
  }

  until(
    name: string,
    args: readonly LuaValue[],
    isEnd: (result: LuaValue) => boolean,
    subject?: Subject,
  ): Promise<HookAnswer | undefined> {
    const call = { args, context: contextOf(subject) };
    return this.generation.hooks.until(name, call, ([result]) => isEnd(result));
  }

  all(name: string, args: readonly LuaValue[], subject?: Subject): Promise<HookAnswer[]> {
    return this.generation.hooks.all(name, { args, context: contextOf(subject) });
  }

  /**
   * Calls all providers of a void hook with an output; each sees what those before it have left there. A result of a
   * provider's counts as written, too (L8), when it is of the output's type.
   */
  async write(
    name: string,
    output: OutputPointer,
    args: readonly LuaValue[],
    subject?: Subject,
    isOfType: (result: LuaValue) => boolean = (result) => typeof result === 'number',
  ): Promise<LuaValue> {
    for (const module of this.generation.hooks.providers(name)) {
      const call = { args, context: contextOf(subject) };
      const answer = await this.generation.hooks.answer(module, name, call);
      const result = answer?.results[0];
      if (isOfType(result)) output.value = result;
    }
    return output.value;
  }
}

const contextOf = (subject: Subject) =>
  subject && { subject: { session: undefined, message: messageOf(subject) } };

/** What a hook has written: an extra result, or the value of the output pointer (L8). */
export function written(answer: HookAnswer, output: OutputPointer, index = 0): LuaValue {
  return answer.results[index + 1] ?? output.value;
}

/** C's truth of a written value. */
export const isTrue = (value: LuaValue): boolean =>
  value === true || (typeof value === 'number' && value !== 0);
