import {
  ResumeSessionCommand,
  StartSessionCommand,
  TerminateSessionCommand,
  type SSMClient,
  type StartSessionCommandInput,
} from "@aws-sdk/client-ssm";
import { Channel, type Address, type ChannelOptions } from "./channel";

export type SessionRequest = Pick<
  StartSessionCommandInput,
  "Target" | "DocumentName" | "Parameters" | "Reason"
>;

export interface OpenChannel {
  readonly channel: Channel;
  /** Ends the session on both sides. Twice is harmless. */
  close(): Promise<void>;
}

/** Starts a session and joins it. */
export async function openChannel(
  ssm: SSMClient,
  request: SessionRequest,
  options: Omit<ChannelOptions, "resume">,
): Promise<OpenChannel> {
  const address = await startSession(ssm, request);
  const channel = new Channel(address, {
    ...options,
    resume: () => resumeSession(ssm, address.sessionId),
  });
  return {
    channel,
    close: async () => {
      channel.close();
      // It ends by itself when it is idle; nothing else depends on it.
      await ssm.send(new TerminateSessionCommand({ SessionId: address.sessionId })).catch(() => undefined);
    },
  };
}

export async function startSession(ssm: SSMClient, request: SessionRequest): Promise<Address> {
  const { SessionId, StreamUrl, TokenValue } = await ssm.send(new StartSessionCommand(request));
  return { sessionId: SessionId!, streamUrl: StreamUrl!, token: TokenValue! };
}

async function resumeSession(ssm: SSMClient, SessionId: string): Promise<Address | undefined> {
  try {
    const { StreamUrl, TokenValue } = await ssm.send(new ResumeSessionCommand({ SessionId }));
    if (StreamUrl === undefined || TokenValue === undefined) return undefined;
    return { sessionId: SessionId, streamUrl: StreamUrl, token: TokenValue };
  } catch (error) {
    if ((error as Error).name === "DoesNotExistException") return undefined;
    throw error;
  }
}
