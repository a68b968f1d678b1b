/** Bytes that are read when the response is sent: an io object that is streamed. */
export interface PayloadSource {
  /** What is left to read. Throws when it cannot be read any more. */
  readRest(): Buffer;
}

/** The body of a response while it is prepared: appended to, replaced, sent piece by piece. */
export class Payload {
  private readonly pieces: (Buffer | PayloadSource)[] = [];
  private sent = 0;

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  append(bytes: Buffer): void {
    this.pieces.push(Buffer.from(bytes));
  }

  /** Puts a payload in place of what has not been sent yet. */
  set(content: Buffer | PayloadSource): void {
    this.pieces.length = this.sent;
    this.pieces.push(Buffer.isBuffer(content) ? Buffer.from(content) : content);
  }

  /** Sends what there is so far: nothing takes it back. What cannot be read goes to `problems`. */
  flush(problems: string[]): void {
    if (!this.isEmpty) this.pieces.splice(0, this.pieces.length, this.read(problems));
    this.sent = this.pieces.length;
  }

  /** Everything, sources read to their end. */
  read(problems: string[]): Buffer {
    return Buffer.concat(
      this.pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : rest(piece, problems))),
    );
  }
}

function rest(source: PayloadSource, problems: string[]): Buffer {
  try {
    return source.readRest();
  } catch (error) {
    problems.push(`the io object of the payload cannot be read: ${(error as Error).message}; it is left out`);
    return Buffer.alloc(0);
  }
}
