import process from "node:process";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({ forcePathStyle: true });

/** Writes a receipt for each order in the queue. */
export async function handler({ Records = [] }) {
  for (const { body } of Records) {
    const { orderId } = JSON.parse(body);
    await s3.send(
      new PutObjectCommand({
        Bucket: process.env.RECEIPTS_BUCKET,
        Key: `${orderId}.txt`,
        Body: `Receipt for order ${orderId}\n`,
      }),
    );
  }
}
