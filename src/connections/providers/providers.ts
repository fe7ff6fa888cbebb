// The identity providers that have a preset. A connection keeps the name of its preset, so the names stay as they are.
import { adfs } from './adfs.ts'
import { entra } from './entra.ts'
import { generic } from './generic.ts'
import { google } from './google.ts'
import { jumpcloud } from './jumpcloud.ts'
import { keycloak } from './keycloak.ts'
import { okta } from './okta.ts'
import { onelogin } from './onelogin.ts'
import type { IdentityProvider } from './provider.ts'

const all = { okta, entra, google, onelogin, jumpcloud, adfs, keycloak, generic }

export type Preset = keyof typeof all

/** In the order in which they are shown. */
export const presets: Readonly<Record<Preset, IdentityProvider>> = all

export const presetNames = Object.keys(all) as [Preset, ...Preset[]]
