/** The three tables that functions of the policy editor are given: objects of the callout, variables, parameters. */
import { LuaRaise, type LuaTable, type LuaValue } from '../lua';
import { Message } from '../server/messages/message';
import { ValidationContext } from '../server/reception/validation-context';
import { text } from './values';

export class EditorCall {
  constructor(
    readonly name: string,
    private readonly context: LuaTable,
    readonly variables: LuaTable,
    private readonly parameters: LuaTable,
  ) {}

  /** The message of the callout, under whatever name it is in the table. Raises without one. */
  get message(): Message {
    const message = this.find(Message);
    if (message) return message;
    throw new LuaRaise(`msys.policyeditor.${this.name}: there is no message in the first table`);
  }

  get vctx(): ValidationContext | undefined {
    return this.find(ValidationContext);
  }

  value(key: string): LuaValue {
    return this.parameters.index(key);
  }

  optional(key: string): string | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : text(value);
  }

  /** A parameter that has to be there. */
  required(key: string): string {
    const value = this.optional(key);
    if (value !== undefined) return value;
    throw new LuaRaise(`msys.policyeditor.${this.name}: the parameter '${key}' is missing`);
  }

  private find<O extends object>(type: abstract new (...args: never[]) => O): O | undefined {
    for (const [, value] of this.context.entries()) if (value instanceof type) return value;
    return undefined;
  }
}
