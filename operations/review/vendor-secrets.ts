import { rules } from "@secretlint/secretlint-rule-preset-recommend";

/** Finds tokens of GitHub, Slack, npm, OpenAI and some twenty other vendors with secretlint's rules. */

/** The part of a secretlint rule used here; every rule of the preset reads a whole text. */
interface Rule {
  readonly meta: { readonly id: string };
  readonly create: (context: object, options: object) => { readonly file?: (source: object) => unknown };
}

/** `secret-text.ts` finds passwords in addresses, and comments must not turn rules off. */
const OTHER_RULES = /(filter-comments|basicauth|database-connection-string)$/;

/** Keeps a match from spanning two texts. */
const SEPARATOR = "\n\n";

/** Secrets in the texts. All texts are checked at once, because that is much faster. */
export function vendorSecrets(texts: Iterable<string>): string[] {
  const content = [...texts].join(SEPARATOR);
  const found: string[] = [];
  const context = {
    createTranslator: () => (messageId: string) => ({ messageId, message: messageId }),
    report: ({ range: [from, to] }: { readonly range: readonly [number, number] }) =>
      found.push(content.slice(from, to)),
    ignore: () => undefined,
    sharedOptions: {},
  };
  const source = { content, filePath: "plan.json", ext: ".json", contentType: "text" };
  for (const { meta, create } of rules as unknown as readonly Rule[]) {
    if (!OTHER_RULES.test(meta.id)) void create(context, {}).file?.(source);
  }
  return found;
}
