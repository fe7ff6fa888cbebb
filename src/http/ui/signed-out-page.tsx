// Where people end up who have signed out, whoever began it.
import { WideLink } from './buttons.tsx'
import { CardPage } from './page.tsx'

export const SignedOutPage = ({ lead }: { lead: string }) => (
  <CardPage title="You are signed out" lead={lead}>
    <p>
      <WideLink href="/login">Sign in again</WideLink>
    </p>
  </CardPage>
)
