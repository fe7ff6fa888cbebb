// Where people end up who have signed out, whoever began it.
import { WideLink } from './buttons.tsx'
import { CardPage } from './page.tsx'

/** @param props.isElsewhere whether the browser is signed in at another organization still */
export const SignedOutPage = ({ lead, isElsewhere = false }: { lead: string; isElsewhere?: boolean }) => (
  <CardPage title="You are signed out" lead={lead}>
    {isElsewhere ? (
      <p>
        On this device you are still signed in at another organization. <a href="/account/organizations">Show where</a>
      </p>
    ) : null}
    <p>
      <WideLink href="/login">Sign in again</WideLink>
    </p>
  </CardPage>
)
