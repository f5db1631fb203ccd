// Run before anything is drawn, so that a page that somebody wants dark never flashes white.
try {
  const { theme } = JSON.parse(localStorage.getItem("winnow.preferences") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system.
}
