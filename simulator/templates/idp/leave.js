addEventListener("load", () => document.querySelector("a[data-leave]").click());
