/** The product's string buffer, which Lua sees as userdata: `tostring()` gives its contents. */
export class EcString {
  constructor(public text: string) {}
}
