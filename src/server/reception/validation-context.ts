/**
 * What the modules of one inbound session share, and what they decided in the phase that is running
 * (3/3-api/structs-validate-context). Keys and values are byte strings.
 */
export class ValidationContext {
  /** The SMTP code that a module set, 0 when none did. */
  code = 0;
  /** Its text. */
  note = '';
  /** The connection is to be closed after the reply. */
  disconnect = false;
  /** Seconds for which the reply is held back. */
  tarpit = 0;
  bodyHasChanged = false;
  /** `transparency`: modules that change messages leave this one alone. */
  isTransparent = false;
  /** The module whose callout ran last: `M=` of the rejectlog. */
  lastModule = '';

  constructor(
    /** `VCTX_CONN`: lives as long as the connection. */
    readonly connection = new Map<string, string>(),
    /** `VCTX_MESS`: a new one for each message. */
    public message = new Map<string, string>(),
    /** What the dictionary of each message has from the start. */
    private readonly preset: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** `vctx:set_code` (4/lua/ref-vctx-set-code). */
  setCode(code: number, note: string): void {
    this.code = code;
    this.note = note;
  }

  /** Before each phase: what the phase before decided has been acted on. */
  beginPhase(): void {
    this.code = 0;
    this.note = '';
    this.tarpit = 0;
  }

  /** A message is over: the next one begins with a dictionary of its own (4/4-policy). */
  beginMessage(): void {
    this.message = new Map(this.preset);
    this.bodyHasChanged = false;
    this.isTransparent = false;
  }
}
