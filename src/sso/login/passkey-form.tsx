// A form that a passkey fills in. It needs a script, so it stays hidden where there is none.
import type { Child } from 'hono/jsx'
import type { AssetName } from '#http/ui/assets.ts'
import { MadeForField } from '#http/ui/made-for.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'

export const passkeyScripts: readonly AssetName[] = ['webauthn.js', 'passkey.js']

export type PasskeyFormProps = {
  /** Where the answer goes. */
  action: string
  /** Where the question comes from. */
  question: string
  kind: 'use' | 'new'
  label: Child
  isPrimary?: boolean
  /** As wide as the card, unless it stands on a page of work. */
  wide?: boolean
  children?: Child
}

export const PasskeyForm = ({
  action,
  question,
  kind,
  label,
  isPrimary = false,
  wide = true,
  children,
}: PasskeyFormProps) => (
  <form class="passkey-form" method="post" action={action} data-passkey={kind} data-question={question} hidden>
    <MadeForField />
    {children}
    <input type="hidden" name="credential" value="" />
    <button type="submit" class={`btn${isPrimary ? ' btn-primary' : ''}${wide ? ' w-100' : ''}`}>
      {label}
    </button>
    <p class="field-error" role="status" data-message={useWords()('passkey.failed')}></p>
  </form>
)

export const Or = () => (
  <p class="or">
    <Say of="login.or" />
  </p>
)
