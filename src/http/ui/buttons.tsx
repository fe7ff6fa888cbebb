// Buttons, and links that look like them.
import type { Child } from 'hono/jsx'

export type SubmitButtonProps = {
  label: Child
  /** `primary` once a page: what most people came for. */
  kind?: 'primary' | 'secondary' | 'danger'
  /** Tells the buttons of one form apart. */
  name?: string
  value?: string
  /** As wide as the card. */
  wide?: boolean
}

const buttonClasses = { primary: 'btn btn-primary', secondary: 'btn', danger: 'btn btn-danger' }

export const SubmitButton = ({ label, kind = 'primary', name, value, wide = false }: SubmitButtonProps) => (
  <button type="submit" class={`${buttonClasses[kind]}${wide ? ' w-100' : ''}`} name={name} value={value}>
    {label}
  </button>
)

/** Buttons side by side, while there is room. */
export const Actions = ({ children }: { children: Child }) => <div class="actions">{children}</div>

export type ButtonsProps = Pick<SubmitButtonProps, 'kind'> & {
  /** What the button says that sends the form. */
  submit: string
  /** Where somebody goes who would rather not; without it, there is no such link. */
  back?: string
  /** What that link says. */
  leave?: string
}

/** The end of a form. */
export const Buttons = ({ submit, kind = 'primary', back, leave = 'Cancel' }: ButtonsProps) => (
  <Actions>
    <SubmitButton label={submit} kind={kind} />
    {back === undefined ? null : <LinkButton href={back}>{leave}</LinkButton>}
  </Actions>
)

export type LinkButtonProps = { href: string; children: Child }

const linkOf =
  (classes: string) =>
  ({ href, children }: LinkButtonProps) => (
    <a class={classes} href={href}>
      {children}
    </a>
  )

export const LinkButton = linkOf('btn')

/** Once a page, as a primary button is. */
export const PrimaryLink = linkOf('btn btn-primary')

/** In tables and beside headings. */
export const SmallLink = linkOf('btn btn-sm')

/** As wide as the card. */
export const WideLink = linkOf('btn btn-primary w-100')
