import type { Environment } from "../environments";

/** What every client of the AWS SDK is made with. */
export interface ClientConfig {
  readonly region: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle?: boolean;
  /** Attempts of a call, the first included. @default 3 */
  readonly maxAttempts?: number;
}

/** The project that operations work on, and how they reach AWS. A function takes the parts that it needs. */
export interface Workspace {
  /** Folder with `cdktf.json`. */
  readonly projectFolder: string;
  /** Environment variables of terraform and cdktf. */
  readonly env: NodeJS.ProcessEnv;
  /** Profile of the AWS configuration; absent when none was named. */
  readonly profile?: string;
  /** Endpoint of the local AWS; absent when it is the real one. */
  readonly localEndpoint?: string;
  /** The validated environments. Throws a `UserError` with every fault. */
  environments(): readonly Environment[];
  /** Settings of SDK clients for a region. */
  clientConfig(region: string): ClientConfig;
  /** A line about what is going on, for people. */
  progress(text: string): void;
  /** Receives each line that cdktf prints; absent when nobody asked for it. */
  readonly trace?: (line: string) => void;
}
