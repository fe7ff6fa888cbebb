// The mark: three lines of a roll, and the one that answered. Its colours come from the style sheet, so both schemes fit.

export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
    <rect class="logo-tile" width="32" height="32" rx="9" />
    <path class="logo-roll" d="M8.5 9.5h6M8.5 16h2M8.5 22.5h15" />
    <path class="logo-answer" d="m14.5 14.3 3 3 6.5-7.8" />
  </svg>
)
