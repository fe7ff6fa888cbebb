// Everything that `npm run fuzz` plays.
import type { Target } from './target.ts'
import { cookies } from './targets/cookies.ts'
import { discovery } from './targets/discovery.ts'
import { forms } from './targets/forms.ts'
import { metadata } from './targets/metadata.ts'
import { saml } from './targets/saml.ts'
import { filters, patch } from './targets/scim.ts'

export const targets: readonly Target[] = [saml, filters, patch, cookies, discovery, metadata, forms]
