// Short names that people type: of organizations, brands and roles.
import { z } from 'zod'

export const slugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "-", and not begin with "-"')
