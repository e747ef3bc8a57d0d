// A client as one finds it everywhere, in Node: it tries again, and believes what it is told.
//
// tapehiss storm cassettes/library/stripe/shop.yaml -- node examples/storm/naive.mjs {url}

const [vendor] = process.argv.slice(2);

async function ask(method, path, form) {
  const body = form && new URLSearchParams(form);
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(vendor + path, { method, body, signal: AbortSignal.timeout(2000) });
      if (answer.ok) return await answer.json();
      throw new Error(`${method} ${path}: ${answer.status}`);
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const customer = await ask("POST", "/v1/customers", { name: "Ada" });
const paid = await ask("POST", "/v1/payment_intents", { amount: 1999, currency: "eur", customer: customer.id });
console.log(paid.status);
