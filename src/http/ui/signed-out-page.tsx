// Where people end up who have signed out, whoever began it.
import { CardPage } from './page.tsx'

export const SignedOutPage = ({ lead }: { lead: string }) => (
  <CardPage title="You are signed out" lead={lead}>
    <p>
      <a class="btn btn-primary w-100" href="/login">
        Sign in again
      </a>
    </p>
  </CardPage>
)
