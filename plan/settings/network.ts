/** Settings of the way in and the way out: networks, endpoints, the firewall before the gateway. Part of settings.ts. */
import { z } from 'zod';

const text = z.string().min(1);
const subnets = z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be a subnet id')).min(1);
const securityGroups = z.array(z.string().regex(/^sg-[0-9a-f]+$/, 'must be a security group id')).min(1);
const cidr = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'must be a CIDR, such as 10.0.0.0/8');

function isWholeBlock(text: string): boolean {
  const [, second = 0, third = 0] = text.split(/[./]/).map(Number);
  return second <= 255 && third <= 240 && third % 16 === 0;
}

/** Which way calls come in, and which way servers get out. */
export const network = z.strictObject({
  /** `public`; `vpc`: through an endpoint in the VPC made for the stack; in one of yours; through endpoints that exist. */
  inbound: z
    .union([
      z.literal('public'),
      z.literal('vpc'),
      z.strictObject({
        /** Interface endpoints of the gateway service that exist. */
        endpoints: z.array(z.string().regex(/^vpce-[0-9a-f]+$/, 'must be an endpoint id')).min(1),
      }),
      z.strictObject({
        /** The VPC in which an endpoint is made: the one where your agents run. */
        vpc: z.string().regex(/^vpc-[0-9a-f]+$/, 'must be a VPC id'),
        /** Where the endpoint lies: one a zone. */
        subnets,
        /** Addresses that may reach it. */
        from: z.array(cidr).min(1),
      }),
    ])
    .default('public'),
  /** Without it, functions reach the internet and AWS as Lambda does. */
  outbound: z
    .union([
      /** A VPC of one's own choosing. */
      z.strictObject({ subnets, securityGroups }),
      /** One made for the stack: private, endpoints for what its servers call. */
      z.strictObject({
        cidr: z
          .string()
          .regex(/^10\.\d{1,3}\.\d{1,3}\.0\/20$/, 'must be a /20 in 10.0.0.0/8, such as 10.40.0.0/20')
          .refine(isWholeBlock, 'a /20 begins at a multiple of 16: 10.40.0.0/20, 10.40.16.0/20')
          .default('10.40.0.0/20'),
        zones: z
          .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/))
          .min(1)
          .max(3),
        /** A way out through NAT: one gateway, or one a zone, which outlives the loss of a zone. */
        internet: z.enum(['none', 'one-nat', 'nat-per-zone']).default('none'),
        /** `called`: one for each service that a server calls; `free`: only those that cost nothing, the rest by NAT. */
        endpoints: z.enum(['called', 'free']).default('called'),
        /** Further endpoint services by their short names (`scheduler`), which no granted action tells of. */
        extraEndpoints: z.array(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/)).default([]),
      }),
    ])
    .optional(),
  /** Servers in the VPC, by id; default: all of the stack. */
  servers: z.array(text).default(['*']),
});

/** `none`: outside the stack's VPC; or a VPC of its own choosing, where its database is. */
export const serverNetwork = z.union([z.literal('none'), z.strictObject({ subnets, securityGroups })]);

/** A firewall before the gateway: closed when it fails, unlike the gateway's rate limits. */
export const waf = z.strictObject({
  /** Requests of one address in the window; more are refused. */
  requests: z.int().min(10).max(2_000_000_000),
  /** Seconds. */
  window: z.union([z.literal(60), z.literal(120), z.literal(300), z.literal(600)]).default(300),
});
