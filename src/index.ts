/** momentum-sim: a simulated Momentum mail server. */
export { Momentum } from './momentum';
export type { FakeHandle, InProcessResponse, ListenAddresses, ListenOptions, ReloadResult } from './momentum';
export type { HttpOptions, MomentumOptions } from './options';
export type { RequestOptions } from './requests';
export type { ModuleOption } from './scriptlet/scripts';
export { LuaError, LuaLimitError, LuaSyntaxError } from './lua';
export {
  ConfigError,
  MomentumCrash,
  MomentumSimError,
  NotSimulated,
  StrictViolation,
  UnknownApi,
  UsageError,
} from './support/errors';
export type { LuaFrame } from './support/frames';
export { ConsoleResult, type ConsoleStatus } from './server/console/result';
export { VirtualClock, type FiredTimer } from './server/clock';
export type { BindingOption, BindingsOption } from './server/bindings';
export type { Diagnostic, StrictOption } from './server/diagnostics';
export type { DomainFixture, DomainsOption, MessageFixture } from './server/domain-fixtures';
export type { DnsFault } from './server/dns/answer';
export type { DnsNameFixture, DnsOption, RecordsFixture } from './server/dns/fixtures';
export type { MxData, RecordType } from './server/dns/records';
export type { DnsQuery } from './server/dns/resolver';
export type { DnsHandle, SimulatedDns } from './server/dns/simulated-dns';
export type { BindingQueueView, DomainView, MessageView } from './server/domain-view';
export type { EnvironmentOption } from './server/environment';
export type { FilesOption } from './server/files/fixtures';
export type { FileChange } from './server/files/script-files';
export type { VirtualFiles } from './server/files/virtual-files';
export type { JournalEntry } from './server/journal';
export type { LogEntry, LogName, PaniclogEntry } from './server/logs';
export type {
  ProcessAnswer,
  ProcessCall,
  ProcessesOption,
  ProcessHandle,
  Processes,
} from './server/processes';
export type { Remote, RemoteAttempt, RemoteDelivery, RemoteScript, ReplyOptions } from './server/remote';
