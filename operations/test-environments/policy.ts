/** A statement of an IAM policy. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: { readonly Service: string };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function policyDocument(Statement: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
