import type { DeliveryHooks } from '../../server/delivery/hooks';
import type { HookBridge } from './bridge';

/** One member of `DeliveryHooks`: the hooks it stands for by their names in Lua, and how they are called. */
export interface HookEntry<Call> {
  readonly names: readonly string[];
  readonly make: (bridge: HookBridge) => Call;
}

/** How a member of `DeliveryHooks` is called. */
export type HookCallOf<Member extends keyof DeliveryHooks> = NonNullable<DeliveryHooks[Member]>;

export type HookEntries<Group> = {
  readonly [Member in keyof Group & keyof DeliveryHooks]-?: HookEntry<HookCallOf<Member>>;
};
