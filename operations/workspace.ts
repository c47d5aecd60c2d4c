import type { Environment } from "../environments/schema";

/** Settings of an AWS SDK client. */
export interface ClientConfig {
  readonly region: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle?: boolean;
  /** Attempts per call, including the first. @default 3 */
  readonly maxAttempts?: number;
}

/** The project that operations work on, and how they reach AWS. A function takes only the parts that it requires. */
export interface Workspace {
  /** Folder with `cdktf.json`. */
  readonly projectFolder: string;
  /** Environment variables of terraform and cdktf. */
  readonly env: NodeJS.ProcessEnv;
  /** AWS profile; absent if none was named. */
  readonly profile?: string;
  /** Endpoint of the local AWS; absent for the real AWS. */
  readonly localEndpoint?: string;
  /** The validated environments. Throws a `UserError` with every fault. */
  environments(): readonly Environment[];
  /** Settings of SDK clients for a region. */
  clientConfig(region: string): ClientConfig;
  /** Writes a progress line for people. */
  progress(text: string): void;
  /** Receives each line that cdktf prints; absent unless requested. */
  readonly trace?: (line: string) => void;
}
