/** Bytes that are looked at before all of a long value is read. */
const SAMPLE = 48;

const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;

/** The text that a value in base64 stands for; undefined when it stands for something else. */
export function decodedText(base64: string): string | undefined {
  if (!PRINTABLE.test(Buffer.from(base64.slice(0, SAMPLE), "base64").toString("latin1"))) return undefined;
  const text = Buffer.from(base64, "base64").toString("latin1");
  return PRINTABLE.test(text) ? text : undefined;
}
