/** As little of an SMTP client as measures a server and not itself: one connection, message after message. */
import net from 'node:net';

export class SmtpClient {
  #socket;
  #pending = '';
  #waiting = [];
  #error;

  static async open(port, host = '127.0.0.1') {
    const client = new SmtpClient(net.connect({ port, host, noDelay: true }));
    await client.#reply();
    await client.#ask('EHLO bench.example.com');
    return client;
  }

  constructor(socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#take(text));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  /** Resolves to the code after the body. */
  async send(from, to, data) {
    await this.#ask(`MAIL FROM:<${from}>`);
    await this.#ask(`RCPT TO:<${to}>`);
    await this.#ask('DATA');
    return this.#ask(`${data}\r\n.`);
  }

  async quit() {
    await this.#ask('QUIT');
    this.#socket.destroy();
  }

  #ask(line) {
    this.#socket.write(`${line}\r\n`, 'latin1');
    return this.#reply();
  }

  #reply() {
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #take(text) {
    this.#pending += text;
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*(\d{3})(?: .*)?\r\n/.exec(this.#pending);
      if (!match) return;
      this.#pending = this.#pending.slice(match[0].length);
      this.#waiting.shift()?.resolve(Number(match[1]));
    }
  }

  #end(error) {
    this.#error ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#error);
  }
}
