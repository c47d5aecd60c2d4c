import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document";
import { Construct } from "constructs";
import { BOX_TERMS, type AdminNames } from "../../contract/admin-box";
import { CustomerKey } from "../shared/customer-key";
import { escapeTemplate } from "../shared/policy-document";

export interface SessionDocumentsProps {
  readonly names: AdminNames;
  /** Minutes without input or output after which a session ends. */
  readonly idleMinutes: number;
  readonly logRetentionDays: number;
}

/** One session in tmux, so that a lost connection loses nothing while the box is there. */
const SHELL_PROFILE = 'command -v tmux >/dev/null && [ -z "$TMUX" ] && exec tmux new-session -A -s main';

/**
 * What sessions on boxes are: a shell, and a single command with its exit code. Both write what they show into a log
 * group with a key of its own, and end when they are idle or a box must have ended.
 *
 * Cost: $1 per month for the key, and the stored text.
 */
export class SessionDocuments extends Construct {
  constructor(scope: Construct, id: string, { names, idleMinutes, logRetentionDays }: SessionDocumentsProps) {
    super(scope, id);
    const key = new CustomerKey(this, "key", {
      names: names.names,
      purpose: "sessions",
      description: "Encrypts the logs of sessions on admin boxes",
      statements: [
        {
          sid: "LogsEncrypt",
          actions: [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
          ],
          resources: ["*"],
          principals: { Service: [`logs.${names.names.region}.amazonaws.com`] },
          conditions: {
            ArnEquals: {
              "kms:EncryptionContext:aws:logs:arn": [
                names.names.arn("logs", `log-group:${names.sessionLogGroup}`),
              ],
            },
          },
        },
      ],
    });
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: names.sessionLogGroup,
      retentionInDays: logRetentionDays,
      kmsKeyId: key.keyArn,
      tags: { Name: names.sessionLogGroup },
    });
    const inputs = {
      cloudWatchLogGroupName: names.sessionLogGroup,
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: true,
      s3BucketName: "",
      s3KeyPrefix: "",
      s3EncryptionEnabled: true,
      idleSessionTimeout: String(idleMinutes),
      maxSessionDuration: String(BOX_TERMS.maxHours * 60),
    };
    const document = (purpose: string, name: string, content: object) =>
      new SsmDocument(this, purpose, {
        name,
        documentType: "Session",
        documentFormat: "JSON",
        content: escapeTemplate(JSON.stringify({ schemaVersion: "1.0", ...content })),
        tags: { Name: name },
        dependsOn: [logGroup],
      });
    document("shell", names.shellDocument, {
      description: "A shell on an admin box",
      sessionType: "Standard_Stream",
      inputs: { ...inputs, shellProfile: { linux: SHELL_PROFILE } },
    });
    document("command", names.commandDocument, {
      description: "One command on an admin box, with its exit code",
      sessionType: "NonInteractiveCommands",
      inputs,
      parameters: { command: { type: "String", description: "Command line for sh" } },
      properties: {
        linux: { commands: "{{ command }}", runAsElevated: false },
        separateOutPutStream: "true",
      },
    });
  }
}
