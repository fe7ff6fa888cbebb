// Where the wizard stands: in the console, or behind a setup link. Both show the same steps; what they may do is their context's.
import type { Child } from 'hono/jsx'
import type { SetupFacts } from '#connections/setup-links/setup-facts.ts'
import type { AppEnv } from '#http/env.ts'
import type { PageElement } from '#http/pages.ts'
import type { FormState } from '#http/ui/form.tsx'
import type { CallContext } from '#src/context.ts'

export type WizardPageProps = { title: string; lead?: Child; children?: Child }

export type WizardHost = {
  ctx: CallContext
  /** The address of the wizard, without a slash at its end. */
  base: string
  /** The one connection that this wizard is about, and its directory. */
  connectionId: string
  directoryId: string | null
  /** Names of the domains that may be proven here; null: any. */
  domains: readonly string[] | null
  /** Whether people of a directory wait until somebody lets them in, where the form does not ask. */
  arrivals: 'active' | 'staged'
  /** Whether there is a console around it: with mappings and with turning on. */
  isConsole: boolean
  page(props: WizardPageProps): PageElement
}

export type WizardEnv = { Variables: AppEnv['Variables'] & { wizard: WizardHost } }

/** What the panel of a step is about; `state` where its form came back. */
export type StepProps = { host: WizardHost; facts: SetupFacts; state: FormState | undefined }
