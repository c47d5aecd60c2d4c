const QUEUE_READ = [
  "sqs:ChangeMessageVisibility",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ReceiveMessage",
];

/**
 * What `uses` of a test function allows, by type and access. Together it is the permissions boundary of every test
 * function, and what a pipeline's own tests may do.
 */
export const TEST_ACCESS = {
  table: {
    read: [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
    ],
    write: ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
  },
  /** Of the bucket, and of the objects in it. */
  bucket: { list: ["s3:ListBucket"] },
  object: { read: ["s3:GetObject"], write: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"] },
  queue: { read: QUEUE_READ, write: ["sqs:GetQueueAttributes", "sqs:SendMessage"] },
  topic: { write: ["sns:Publish"] },
  function: { write: ["lambda:InvokeFunction"] },
  logs: { write: ["logs:CreateLogStream", "logs:PutLogEvents"] },
} as const;
