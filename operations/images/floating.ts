/** A public image without a known digest, which tasks get by its tag, and why that stays so for now. */
export interface FloatingImage {
  readonly image: string;
  readonly reason: string;
  /** Who decides about it. */
  readonly owner: string;
  /** Day by which it is to be decided again, `YYYY-MM-DD`. */
  readonly reviewBy: string;
}

/** Every exception; docs/security.md and `automock doctor` show them. */
export const FLOATING_IMAGES: readonly FloatingImage[] = [
  {
    image: "public.ecr.aws/mockserver/mockserver:9.1.0",
    reason:
      "The digest has to come from its registry: run automock images --update where that can be reached, review the change and deploy.",
    owner: "platform-team",
    reviewBy: "2027-01-31",
  },
];
