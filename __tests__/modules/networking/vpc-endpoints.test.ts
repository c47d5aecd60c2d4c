import { VpcEndpoints, type VpcEndpointsProps } from "../../../modules/networking/vpc-endpoints";
import { Names } from "../../../contract/names";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

const base: VpcEndpointsProps = {
  names,
  vpcId: "vpc-1",
  vpcCidr: "10.0.0.0/16",
  routeTableIds: ["rtb-1", "rtb-2"],
  subnetIds: ["subnet-1", "subnet-2"],
  interfaceEndpoints: "none",
};
const synth = (props: Partial<VpcEndpointsProps> = {}) =>
  Template.of((stack) => new VpcEndpoints(stack, "endpoints", { ...base, ...props }));

describe("S3 gateway endpoint", () => {
  const endpoint = synth().sole("aws_vpc_endpoint");

  it("is the only endpoint by default, and is in all route tables", () =>
    expect(endpoint).toMatchObject({
      service_name: "com.amazonaws.us-east-1.s3",
      vpc_endpoint_type: "Gateway",
      vpc_id: "vpc-1",
      route_table_ids: ["rtb-1", "rtb-2"],
      tags: { Name: "automock-test-s3" },
    }));

  it("allows only this account's buckets and ECR's image layers", () =>
    expect(JSON.parse(endpoint.policy).Statement).toEqual([
      {
        Sid: "OwnAccount",
        Effect: "Allow",
        Principal: { AWS: ["*"] },
        Action: ["s3:*"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:ResourceAccount": ["111122223333"] } },
      },
      {
        Sid: "EcrLayers",
        Effect: "Allow",
        Principal: { AWS: ["*"] },
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"],
      },
    ]));

  it("depends on region, account and partition", () => {
    const elsewhere = new Names({
      system: "automock",
      environment: "test",
      accountId: "999988887777",
      region: "us-gov-west-1",
    });
    const { policy, service_name } = synth({ names: elsewhere }).sole("aws_vpc_endpoint");
    expect(service_name).toBe("com.amazonaws.us-gov-west-1.s3");
    expect(policy).toContain('"aws:ResourceAccount":["999988887777"]');
    expect(policy).toContain("arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*");
  });
});

describe("fargate interface endpoints", () => {
  const template = synth({ interfaceEndpoints: "fargate" });
  const endpoints = template.all("aws_vpc_endpoint").filter((one) => one.vpc_endpoint_type === "Interface");

  it("cover the services that a Fargate task calls, without the ECS control endpoints", () =>
    expect(endpoints.map(({ service_name }) => service_name).sort()).toEqual([
      "com.amazonaws.us-east-1.ecr.api",
      "com.amazonaws.us-east-1.ecr.dkr",
      "com.amazonaws.us-east-1.kms",
      "com.amazonaws.us-east-1.logs",
      "com.amazonaws.us-east-1.secretsmanager",
      "com.amazonaws.us-east-1.ssm",
      "com.amazonaws.us-east-1.ssmmessages",
    ]));

  it("use private DNS, all given subnets and one security group", () => {
    const [groupId] = Object.keys(template.byId("aws_security_group"));
    expect(endpoints).toHaveLength(7);
    for (const endpoint of endpoints)
      expect(endpoint).toMatchObject({
        private_dns_enabled: true,
        subnet_ids: ["subnet-1", "subnet-2"],
        security_group_ids: [`\${aws_security_group.${groupId}.id}`],
      });
  });

  it("the security group allows 443 from the VPC and no egress", () => {
    expect(template.sole("aws_security_group")).toMatchObject({
      name_prefix: "automock-test-vpc-endpoints-",
      description: "Interface endpoints of AWS services",
      vpc_id: "vpc-1",
    });
    expect(template.sole("aws_vpc_security_group_ingress_rule")).toMatchObject({
      cidr_ipv4: "10.0.0.0/16",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
      description: "HTTPS from the VPC",
    });
    expect(template.all("aws_vpc_security_group_egress_rule")).toEqual([]);
  });
});
