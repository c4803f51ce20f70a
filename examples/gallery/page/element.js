/** Creates an element with properties, attributes (`aria-…`, `data-…`, `role`, `for`) and children. */
export function element(name, properties = {}, ...children) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (/^(aria-|data-|role$|for$)/.test(key)) created.setAttribute(key, value);
    else created[key] = value;
  }
  created.append(...children);
  return created;
}

/** Puts a row first, and removes the oldest beyond a number of rows. */
export function prepend(list, row, most) {
  list.prepend(row);
  while (list.childElementCount > most) list.lastElementChild.remove();
}

export const timeOf = (date) => date.toISOString().slice(11, 23);
