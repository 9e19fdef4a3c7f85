import type { JSX } from "preact";

const paths = {
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19l-4 1zM14.5 6.5l3 3",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 11v5M13.5 11v5",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  stop: "M6.5 6.5h11v11h-11z",
  down: "M12 5v14M5.5 12.5L12 19l6.5-6.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.5l4.5 4.5L19 7.5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3L20 20",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3 4.5 4.5M15.5 8.3v.2",
  again: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5v4h-4",
  warning: "M12 4l9 16H3L12 4zM12 10v4.5M12 17.2v.3",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  halfMoon: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 8h6.8M12 12h8.3M12 16h6.8",
};

/** A line drawing; what it means is said by the label of the control around it. */
export function Icon({ name }: { name: keyof typeof paths }): JSX.Element {
  return <Drawing path={paths[name]} />;
}

/** A line drawing that only one part of the page has. */
export function Drawing({ path }: { path: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
