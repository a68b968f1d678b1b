/** What is configured when nobody configures anything. */
import type { ConfigOption, ConfigScope } from './scope';

/** How the implicit settings are named as a place. */
export const IMPLICIT_FILE = '(implicit)';

/**
 * What an empty configuration file gives (4/console-commands/config, `config begin from scratch`): the thread pools
 * (4/config/ref-threadpool), the debug flags (4/config/ref-debug-flags) and the format of time stamps.
 */
export const IMPLICIT_CONFIG = `
ThreadPool "SwapOut" { Concurrency = 5 }
ThreadPool "SwapIn" { Concurrency = 5 }
ThreadPool "Unlink" { Backlog = 100 Concurrency = 6 }
ThreadPool "Batch_Unlink" { Concurrency = 4 }
ThreadPool "Close" { Concurrency = 0 }
ThreadPool "CPU" { Concurrency = 4 }
ThreadPool "IO" { Concurrency = 50 }
ThreadPool "SpoolIn" { Concurrency = 1 }
Debug_Flags {
  DEBUG = ( )
  INFO = ( )
  NOTICE = ( )
  WARNING = ( )
  ERROR = ( TIME FD SMTP LOG1 DNS DNSDS NET SIG MEM DB LIC SSL MOD START ALL )
  CRITICAL = ( TIME FD SMTP LOG1 DNS DNSDS NET SIG MEM DB LIC SSL MOD START ALL )
}
TimestampFormat = "[%a %d %b %Y %H:%M:%S] "
`;

/**
 * The least that a server of scripts needs; a test that gives no configuration gets it. It takes mail from everybody for
 * everybody.
 */
export const DEFAULT_CONFIG = `scriptlet "scriptlet" {
}
alerting {
}
httpsrv {
}
ec_logger "ec_logger" {
}
bounce_logger "bounce_logger" {
}
http_logger "http_logger" {
}
HTTP_Listener {
  Listen ":2081" {
  }
}
Control_Listener {
  Listen "/tmp/2025" {
  }
}
ESMTP_Listener {
  Relay_Hosts = ( "0.0.0.0/0" "::/0" )
  Listen ":25" {
  }
}
`;

/** Implicit settings can be overridden, not unset (4/console-commands/config). */
export const isImplicit = ({ places }: ConfigOption) => places.some(({ file }) => file === IMPLICIT_FILE);

export const hasImplicit = (scope: ConfigScope): boolean =>
  scope.options.some(isImplicit) || scope.children.some(hasImplicit);
