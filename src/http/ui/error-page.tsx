// A page for what went wrong: what it was, what to do next, and a code that leads an administrator to the details.
import { WideLink } from './buttons.tsx'
import { CardPage } from './page.tsx'
import { Say } from './reader.tsx'

export type ErrorPageProps = {
  title: string
  /** What it was, where the person can do something about it. */
  detail?: string | undefined
  /** What to do next. */
  advice: string
  /** The request id, or that of a sign-in attempt. */
  reference: string
  organization?: string | undefined
  /** What they may not do, where they may ask for it. */
  refused?: string | undefined
  /** Where to go from here. */
  action?: { label: string; href: string } | undefined
}

export const ErrorPage = ({ title, detail, advice, reference, organization, action }: ErrorPageProps) => (
  <CardPage title={title} organization={organization} lead={detail}>
    <p>{advice}</p>
    {action === undefined ? null : (
      <p>
        <WideLink href={action.href}>{action.label}</WideLink>
      </p>
    )}
    <p class="reference">
      <Say of="frame.reference" /> <code>{reference}</code>
    </p>
  </CardPage>
)
