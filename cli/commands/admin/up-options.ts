/** Options of `admin up` as given. */
export interface UpCommandOptions {
  readonly stack?: string;
  readonly reason?: string;
  readonly onDemand?: true;
  readonly connect: boolean;
  readonly plugin?: true;
}
