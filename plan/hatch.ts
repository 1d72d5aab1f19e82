/** What a pyproject.toml tells hatchling of the wheel: read by discovery for hashing, by packaging for installing. */
import { z } from 'zod';

/** `[tool]` of pyproject.toml, as far as it matters. */
export const hatchTool = z
  .object({
    hatch: z
      .object({
        build: z
          .object({
            targets: z
              .object({
                wheel: z
                  .object({ packages: z.array(z.string()).optional(), hooks: z.unknown().optional() })
                  .optional(),
              })
              .optional(),
            hooks: z.unknown().optional(),
          })
          .optional(),
      })
      .optional(),
  })
  .optional();
