type Method = (...args: unknown[]) => unknown;

/**
 * Puts `around` in the place of a method. It gets the original, bound to its object, and the arguments.
 * @throws TypeError when there is no such method: the product was changed and the suite has to follow.
 */
export function wrap(
  type: { readonly name: string; readonly prototype: object },
  method: string,
  around: (original: Method, args: unknown[], self: unknown) => unknown,
): void {
  const prototype = type.prototype as Record<string, Method | undefined>;
  const original = prototype[method];
  if (original === undefined)
    throw new TypeError(`${type.name} has no method ${method}; adapt the program that wraps it`);
  prototype[method] = function (this: unknown, ...args: unknown[]) {
    return around((...given) => original.apply(this, given), args, this);
  };
}
