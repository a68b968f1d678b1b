/**
 * What strict mode watches for: things that production punishes later, or lets pass in silence.
 * Each code has its page under docs/diagnostics.
 */
export interface Rule {
  readonly severity: 'crash' | 'violation' | 'warning';
  /** The page of the product's documentation behind it. */
  readonly doc?: string;
}

export const RULES = {
  UNKNOWN_API: { severity: 'violation' },
  NOT_SIMULATED: { severity: 'violation' },
  BAD_ARGUMENT: { severity: 'violation', doc: '4/lua' },
  NO_USABLE_CALLOUT: { severity: 'violation', doc: '4/4-implementing-policy-scriptlets' },
  UNKNOWN_CALLOUT: { severity: 'warning', doc: '4/lua/ref-msys-register-module' },
  SILENT_SCRIPT: { severity: 'warning', doc: '4/4-implementing-policy-scriptlets' },
  MISSING_ALERTING: { severity: 'violation', doc: '4/modules/scriptlet' },
  MISSING_HTTPSRV: { severity: 'warning', doc: '4/modules/4-httpsrv' },
  SHADOWED_COMMAND: { severity: 'warning', doc: '4/lua/ref-msys-register-control' },
  NAME_MISMATCH: { severity: 'warning', doc: '4/lua/ref-msys-register-module' },
  LOST_ENDPOINT: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  RSRC_SETUP_RESULT: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  LATE_REGISTRATION: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  AUTH_REGISTRATION: { severity: 'violation', doc: '4/lua/ref-msys-register-auth' },
  AUTH_RESULT: { severity: 'violation', doc: '4/lua/ref-msys-register-auth' },
  UNREACHABLE_ENDPOINT: { severity: 'warning', doc: '3/3-api/apis-ec-httpsrv-register' },
  HANDLER_RESULT: { severity: 'warning', doc: '4/lua/ref-session-request-url-get' },
  VALIDATE_RESULT: { severity: 'violation', doc: '4/4-implementing-policy-scriptlets' },
  ASYNC_NOT_SUSPENDED: { severity: 'violation', doc: '3/3-api/apis-ec-httpsrv-session-suspend' },
  SESSION_ENDED: { severity: 'violation', doc: '3/3-api/apis-ec-httpsrv-ctx-set' },
  RESPONSE_PROBLEM: { severity: 'violation', doc: '3/3-api/apis-ec-httpsrv-response-header-set' },
  UNCONFIGURED_DNS: { severity: 'warning', doc: '4/lua/ref-msys-dnslookup' },
  UNCONFIGURED_UPSTREAM: { severity: 'warning', doc: '4/lua/ref-client-do-request' },
  REQUEST_PROBLEM: { severity: 'violation', doc: '3/3-push/push-http-request-eval' },
  UNKNOWN_DATASOURCE: { severity: 'violation', doc: '4/modules/ds-core' },
  CACHED_STATEMENT: { severity: 'violation', doc: '4/modules/ds-core' },
  IGNORED_STATEMENT: { severity: 'violation', doc: '4/lua/ref-msys-db-execute' },
  UNUSED_PARAMETER: { severity: 'warning', doc: '4/lua/ref-msys-db-query' },
  ROWS_DROPPED: { severity: 'warning', doc: '4/modules/ds-core' },
  CONFIG_OPTION: { severity: 'warning', doc: '4/config-options-summary' },
  DROPPED_TIMER: { severity: 'violation', doc: '4/lua/ref-msys-timer-after' },
  LOCK_HELD: { severity: 'violation', doc: '4/lua/ref-msys-lock' },
  WRONG_PHASE: { severity: 'violation', doc: '4/4-lua-summary-table' },
  WRONG_THREAD: { severity: 'violation', doc: '4/lua/ref-msys-threadpool-stat' },
  SCHEDULER_BLOCKED: { severity: 'warning', doc: '4/lua/ref-msys-sleep' },
  SERIES_NEVER_COUNTS: { severity: 'violation', doc: '4/lua/ref-msys-audit-series-define' },
  MISSING_END_MARKER: { severity: 'violation', doc: '4/lua/ref-msg-body' },
  UNEXPECTED_PROCESS: { severity: 'violation' },
  PROCESS_EXIT: { severity: 'crash' },
  SUSPENDED_IN_PCALL: { severity: 'warning' },
  HOST_ERROR: { severity: 'violation' },
  WRONG_CAST: { severity: 'crash', doc: '4/lua/ref-msys-cast' },
  ARGV_RANGE: { severity: 'crash', doc: '4/lua/ref-msys-register-control' },
} as const satisfies Record<string, Rule>;

export type RuleCode = keyof typeof RULES;
