/** momentum-sim: a simulated Momentum mail server. */
export { Momentum } from './momentum';
export type { FakeHandle, InProcessResponse, ListenAddresses, ListenOptions, ReloadResult } from './momentum';
export type { InjectOptions } from './injection';
export type { HttpOptions, ReceptionOptions, MomentumOptions } from './options';
export type { RequestOptions } from './requests';
export type { Attachment, MessageOptions } from './smtp/compose';
export type { SmtpReply } from './smtp/replies';
export type { RejectedRecipient, SendOptions, SmtpOutcome } from './smtp/send';
export type { SmtpLogin, SmtpSession } from './smtp/session';
export type { ClientTls, Smtp, SmtpSessionOptions } from './smtp/smtp';
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
export { VirtualClock, type Elapsed, type FiredTimer } from './server/clock';
export type { DeliveryEvent, DeliveryEventType } from './server/delivery/events';
export type { BindingOption, BindingsOption } from './server/bindings';
export type { ColumnTypes } from './server/datasources/data-source';
export type { DataSourceFixture, DataSourcesOption } from './server/datasources/fixtures';
export type { DataSourceQuery } from './server/datasources/named-source';
export type { RowsFunction, ShownParameter, ShownParameters } from './server/datasources/rows';
export type {
  DataSourceView,
  DataSourceViews,
  TestParameter,
  TestParameters,
  TestRow,
} from './server/datasources/view';
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
export type { Jlog, JlogRecord, Jlogs } from './server/io/jlogs';
export type { JournalEntry } from './server/journal';
export type { LogEntry, LogName, PaniclogEntry } from './server/logs';
export type { ContextFixture } from './server/messages/context-fixture';
export type { HeadersView } from './server/messages/headers-view';
export type { Disposition, ReceptionMethod } from './server/messages/message';
export type { ReceivedMessage } from './server/messages/message-view';
export type { PartView } from './server/messages/part-view';
export type {
  ProcessAnswer,
  ProcessCall,
  ProcessesOption,
  ProcessHandle,
  Processes,
} from './server/processes';
export type {
  Remote,
  RemoteAttempt,
  RemoteDelivery,
  RemoteScript,
  ReplyOptions,
  SmtpServer,
  SmtpServerOption,
} from './server/remote';
export type {
  UpstreamAnswer,
  UpstreamError,
  UpstreamFault,
  UpstreamFixture,
  UpstreamFunction,
  UpstreamRequest,
  UpstreamResponse,
  UpstreamsOption,
} from './server/upstreams/fixtures';
export type { SimulatedUpstreams, UpstreamCall } from './server/upstreams/upstreams';
