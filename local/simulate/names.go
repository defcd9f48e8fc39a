package simulate

// Common names, to be put together at random.
var (
	firstNames = []string{
		"Aaron", "Abigail", "Adrian", "Alice", "Amara", "Andre", "Angela", "Anthony", "Beatriz", "Benjamin",
		"Brandon", "Camila", "Carlos", "Carmen", "Chloe", "Christopher", "Claire", "Daniel", "David", "Deborah",
		"Diego", "Dorothy", "Edward", "Elena", "Elijah", "Emily", "Eric", "Ethan", "Eva", "Fatima",
		"Frances", "Gabriel", "George", "Grace", "Hannah", "Harold", "Hiroshi", "Ines", "Isaac", "Isabella",
		"Jacob", "Jamal", "James", "Jasmine", "Jessica", "Joan", "John", "Jose", "Julia", "Kareem",
		"Karen", "Kevin", "Laura", "Leila", "Linda", "Louis", "Lucas", "Lucy", "Malik", "Margaret",
		"Maria", "Mark", "Mei", "Michael", "Miguel", "Mohammed", "Nadia", "Natalie", "Nathan", "Noah",
		"Olivia", "Omar", "Pamela", "Patrick", "Paul", "Peter", "Rachel", "Raymond", "Rebecca", "Richard",
		"Robert", "Rosa", "Ruth", "Samuel", "Sandra", "Sarah", "Sean", "Sofia", "Stephen", "Susan",
		"Tariq", "Teresa", "Thomas", "Tyler", "Valerie", "Victor", "Walter", "William", "Xavier", "Zoe",
	}
	lastNames = []string{
		"Adams", "Ahmed", "Alvarez", "Anderson", "Bailey", "Baker", "Bell", "Bennett", "Brooks", "Brown",
		"Campbell", "Carter", "Castillo", "Chen", "Clark", "Collins", "Cook", "Cooper", "Cox", "Cruz",
		"Davis", "Diaz", "Edwards", "Evans", "Fisher", "Flores", "Foster", "Garcia", "Gomez", "Gonzalez",
		"Gray", "Green", "Hall", "Harris", "Hernandez", "Hill", "Howard", "Hughes", "Jackson", "James",
		"Jenkins", "Johnson", "Jones", "Kelly", "Kim", "King", "Le", "Lee", "Lewis", "Long",
		"Lopez", "Martin", "Martinez", "Mendoza", "Miller", "Mitchell", "Moore", "Morales", "Morgan", "Morris",
		"Murphy", "Myers", "Nelson", "Nguyen", "O'Brien", "Okonkwo", "Ortiz", "Parker", "Patel", "Perez",
		"Peterson", "Phillips", "Price", "Ramirez", "Ramos", "Reed", "Reyes", "Richardson", "Rivera", "Roberts",
		"Robinson", "Rodriguez", "Rogers", "Ross", "Ruiz", "Sanchez", "Sanders", "Scott", "Singh", "Smith",
		"Stewart", "Taylor", "Thompson", "Torres", "Turner", "Walker", "Ward", "Watson", "White", "Young",
	}
	// Counties of these names exist in many states.
	counties = []string{
		"Adams", "Brown", "Calhoun", "Carroll", "Cass", "Clark", "Clay", "Crawford", "Douglas", "Fayette",
		"Franklin", "Fulton", "Grant", "Greene", "Hamilton", "Hancock", "Henry", "Jackson", "Jasper", "Jefferson",
		"Johnson", "Knox", "Lake", "Lawrence", "Lee", "Lincoln", "Logan", "Madison", "Marion", "Marshall",
		"Monroe", "Montgomery", "Morgan", "Orange", "Perry", "Pike", "Polk", "Scott", "Shelby", "Union",
		"Warren", "Washington", "Wayne", "Webster", "White", "York",
	}
)
