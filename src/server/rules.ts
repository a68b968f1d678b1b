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
  NAME_MISMATCH: { severity: 'warning', doc: '4/lua/ref-msys-register-module' },
  LOST_ENDPOINT: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  RSRC_SETUP_RESULT: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  LATE_REGISTRATION: { severity: 'violation', doc: '4/hooks/config-rsrc-setup' },
  UNREACHABLE_ENDPOINT: { severity: 'warning', doc: '3/3-api/apis-ec-httpsrv-register' },
  HANDLER_RESULT: { severity: 'warning', doc: '4/lua/ref-session-request-url-get' },
  RESPONSE_PROBLEM: { severity: 'violation', doc: '3/3-api/apis-ec-httpsrv-response-header-set' },
  UNEXPECTED_PROCESS: { severity: 'violation' },
  PROCESS_EXIT: { severity: 'crash' },
  SUSPENDED_IN_PCALL: { severity: 'warning' },
  HOST_ERROR: { severity: 'violation' },
  ARGV_RANGE: { severity: 'crash', doc: '4/lua/ref-msys-register-control' },
} as const satisfies Record<string, Rule>;

export type RuleCode = keyof typeof RULES;
