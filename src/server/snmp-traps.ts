/** An SNMP trap that scripts had sent (4/lua/ref-msys-snmp-trap). */
export interface SnmpTrap {
  readonly type: 'string' | 'counter' | 'gauge' | 'ip';
  readonly payload: string | number;
  /** IPv4; undefined: every `Trap_Destination` of the configuration. */
  readonly address: string | undefined;
  readonly port: number;
  readonly community: string;
  /** The trap's OID. */
  readonly mib: string | undefined;
  /** The variable's OID. */
  readonly variable: string;
  /** Virtual time. */
  readonly at: Date;
}
