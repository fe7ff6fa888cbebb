// After signing out, here and, where it has a logout of its own, at the identity provider.
import { CardPage } from '#http/ui/page.tsx'

export const SignedOutPage = () => (
  <CardPage title="You are signed out" lead="Close the window if this is not your own device.">
    <p>
      <a class="btn btn-primary w-100" href="/login">
        Sign in again
      </a>
    </p>
  </CardPage>
)

export const LeavingPage = ({ url }: { url: string }) => (
  <CardPage title="You are signed out here" lead="Next, your company's sign-in signs you out as well.">
    <p>
      <a class="btn btn-primary w-100" href={url}>
        Continue
      </a>
    </p>
  </CardPage>
)
